// A page of a requester's own: Amazon's SDK for JavaScript, pointed at our address.
import { ListHITsCommand, MTurkClient } from "@aws-sdk/client-mturk";

globalThis.listHITs = async ({ endpoint, accessKeyId, secretAccessKey }) => {
  const client = new MTurkClient({ endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey } });
  try {
    const { HITs, NumResults } = await client.send(new ListHITsCommand({ MaxResults: 5 }));
    return { titles: HITs.map((hit) => hit.Title), count: NumResults, created: HITs[0]?.CreationTime instanceof Date };
  } catch (error) {
    return { refused: error.name, message: error.message };
  }
};
